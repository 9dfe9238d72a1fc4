use std::fmt::Write as _;

use crate::Day;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const MARGIN: f64 = 60.0;
const COLOURS: [&str; 2] = ["#c0392b", "#1b6ca8"];
/// The first hour, in which every node gets its first token, is beyond what is drawn.
const FROM: usize = 60;

/// What the token server is asked, minute by minute.
pub(crate) fn svg(days: &[Day; 2]) -> String {
    let asked = days.iter().flat_map(|day| day.asked.iter().skip(FROM));
    let most = asked.copied().max().unwrap_or_default().max(1) as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut text = |x: f64, y: f64, colour: &str, words: &str| {
        writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" fill=\"{colour}\">{words}</text>"
        )
        .unwrap();
    };
    text(
        MARGIN,
        22.0,
        "black",
        "requests a minute at the token server, of 100,000 nodes",
    );
    text(4.0, MARGIN, "black", &format!("{most}"));
    for hour in (0..=24).step_by(4) {
        let minute = (hour * 60) as f64;
        text(
            x(minute),
            HEIGHT - MARGIN + 18.0,
            "black",
            &format!("{hour} h"),
        );
    }
    for (at, day) in days.iter().enumerate() {
        text(
            WIDTH - 240.0,
            40.0 + 16.0 * at as f64,
            COLOURS[at],
            day.name,
        );
    }
    for (at, day) in days.iter().enumerate() {
        let points = day.asked.iter().enumerate().skip(FROM);
        let points: Vec<String> = points
            .map(|(minute, asked)| {
                let y = HEIGHT - MARGIN - *asked as f64 / most * (HEIGHT - 2.0 * MARGIN);
                format!("{:.1},{y:.1}", x(minute as f64))
            })
            .collect();
        writeln!(
            svg,
            "<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"{}\" points=\"{}\"/>",
            COLOURS[at],
            points.join(" ")
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

fn x(minute: f64) -> f64 {
    MARGIN + minute / (24.0 * 60.0) * (WIDTH - 2.0 * MARGIN)
}
