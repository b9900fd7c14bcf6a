//! Timers whose decisions fail: none of them keeps another one from its turn.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use std::time::Duration;

use jiff::SignedDuration;
use sqlx::{Connection as _, SqliteConnection};
use support::desk::{Bench, one};
use taquilla::clock::Clock;
use taquilla::desk::TicketId;
use taquilla::timers;

const ANA: &str = "ana@minem.example";
const AGENT: &str = "mgomez@minem.example";

/// Spoils a ticket or mends it, as a broken disk or a foreign program would.
async fn foreign(bench: &Bench, sql: &str) {
    let file = bench.pipeline.store.dir().join("taquilla.db");
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::raw_sql("PRAGMA ignore_check_constraints = ON").execute(&mut conn).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_timer_that_always_fails_is_put_off() {
    let mut bench = Bench::new().await;
    for (nth, until) in ["2h", "3h"].into_iter().enumerate() {
        let notice = bench.opened(ANA, &format!("Consulta {nth}")).await;
        assert_eq!(bench.mail(&notice.reply(&format!("#pendiente {until}\n"))).await, "agent-mail");
    }
    bench.sent().await;
    foreign(&bench, "UPDATE tickets SET priority = 77 WHERE id = 1").await;
    let now = bench.pipeline.clock.now() + SignedDuration::from_hours(4);
    bench.pipeline.clock = Clock::Fixed(now);
    let pause = timers::fire_due(&bench.pipeline).await;
    assert!(pause > Duration::from_secs(5), "no haste: {pause:?}");
    // The one behind it had its turn.
    assert_eq!(one(&bench.sent().await, AGENT).template, "pending-reminder");
    assert!(bench.pipeline.store.timers_of(TicketId(2)).await.unwrap().is_empty());
    let put_off = &bench.pipeline.store.timers_of(TicketId(1)).await.unwrap()[0];
    assert_eq!(put_off.due.as_second(), (now + SignedDuration::from_hours(1)).as_second());
    assert!(bench.pipeline.store.timers_due(now, 10).await.unwrap().is_empty());

    // An hour later the ticket was mended, and the timer does what it was for.
    foreign(&bench, "UPDATE tickets SET priority = 3 WHERE id = 1").await;
    bench.pipeline.clock = Clock::Fixed(now + SignedDuration::from_mins(61));
    timers::fire_due(&bench.pipeline).await;
    assert_eq!(one(&bench.sent().await, AGENT).template, "pending-reminder");
    assert!(bench.pipeline.store.timers_of(TicketId(1)).await.unwrap().is_empty());
}
