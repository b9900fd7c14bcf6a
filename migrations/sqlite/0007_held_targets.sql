-- Which tickets a query of the mail found when its sender was asked: a digest of their row ids, NULL without a query. If
-- they are others once the answer comes, the sender is asked again.
ALTER TABLE held ADD COLUMN targets TEXT;
