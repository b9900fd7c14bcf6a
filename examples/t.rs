use std::time::Instant;
use taquilla::mail::{html, language, new_text};
fn main() {
    for seed in ["&a", "&amp;a", "&lt;"] {
        let s = seed.repeat(250_000);
        let t = Instant::now();
        let x = html::to_text(&s);
        println!("text {:?}", t.elapsed());
        let t = Instant::now();
        html::sanitise(&s);
        println!("san {:?}", t.elapsed());
        let t = Instant::now();
        new_text::of_html(&s);
        println!("new {:?}", t.elapsed());
        let t = Instant::now();
        language::of(&x);
        println!("lang {:?}", t.elapsed());
    }
}
