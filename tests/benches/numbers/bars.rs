use std::fmt::Write as _;

use crate::report::{Report, millis};

const WIDTH: f64 = 820.0;
const ROW: f64 = 22.0;
const TOP: f64 = 44.0;
/// Where bars begin; their names stand before it.
const LEFT: f64 = 460.0;
/// What is left for the number behind a bar.
const RIGHT: f64 = 100.0;

/// The medians of a report, a bar for each.
pub(crate) fn svg(name: &str, report: &Report) -> String {
    let medians = report
        .times()
        .map(|(what, times)| (what, millis(times.median())));
    let medians: Vec<(&str, f64)> = medians.collect();
    let most = medians
        .iter()
        .map(|(_, median)| *median)
        .fold(f64::MIN_POSITIVE, f64::max);
    let height = TOP + ROW * medians.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"12\" y=\"24\">{name}: medians</text>\n"
    );
    for (at, (what, median)) in medians.iter().enumerate() {
        let y = TOP + ROW * at as f64;
        let width = median / most * (WIDTH - LEFT - RIGHT);
        writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{what}</text>\n\
             <rect x=\"{LEFT:.0}\" y=\"{y:.0}\" width=\"{width:.1}\" height=\"{:.0}\" fill=\"#1b6ca8\"/>\n\
             <text x=\"{:.0}\" y=\"{:.0}\">{median:.2} ms</text>",
            LEFT - 8.0,
            y + 12.0,
            ROW - 6.0,
            LEFT + width + 6.0,
            y + 12.0,
        )
        .unwrap();
    }
    svg + "</svg>\n"
}
