use std::fmt::Write as _;

use crate::table::Table;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 60.0;
const COLOURS: [&str; 5] = ["#1b6ca8", "#c0392b", "#27874a", "#8e44ad", "#b9770e"];

/// The table as a plot: both axes by powers of ten.
pub(crate) fn svg(table: &Table) -> String {
    let sizes: Vec<f64> = table
        .sizes
        .iter()
        .map(|size| (*size as f64).log10())
        .collect();
    let times = table
        .times
        .iter()
        .flatten()
        .flatten()
        .map(|time| time.log10());
    let times: Vec<f64> = times.collect();
    let (across, up) = (Axis::of(&sizes), Axis::of(&times));
    let x = |size: f64| MARGIN + across.part(size) * (WIDTH - 2.0 * MARGIN);
    let y = |time: f64| HEIGHT - MARGIN - up.part(time) * (HEIGHT - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let (left, right, top, bottom) = (MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN);
    for power in across.powers() {
        svg += &line([x(power), top, x(power), bottom]);
    }
    for power in up.powers() {
        svg += &line([left, y(power), right, y(power)]);
    }
    let mut text = |x: f64, y: f64, anchor: &str, colour: &str, words: &str| {
        writeln!(
            svg,
            "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
        )
        .unwrap();
    };
    text(WIDTH / 2.0, 24.0, "middle", "black", table.title);
    text(WIDTH / 2.0, HEIGHT - 12.0, "middle", "black", table.size);
    for power in across.powers() {
        text(
            x(power),
            HEIGHT - MARGIN + 18.0,
            "middle",
            "black",
            &told(power),
        );
    }
    for power in up.powers() {
        text(MARGIN - 6.0, y(power) + 4.0, "end", "black", &time(power));
    }
    for (at, column) in table.columns.iter().enumerate() {
        let top = MARGIN + 16.0 + 16.0 * at as f64;
        text(MARGIN + 8.0, top, "start", colour(at), column.name);
    }
    for at in 0..table.columns.len() {
        let times = sizes.iter().zip(&table.times);
        let points = times.filter_map(|(size, times)| Some((*size, times[at]?.log10())));
        let points: Vec<String> = points
            .map(|(size, time)| format!("{:.1},{:.1}", x(size), y(time)))
            .collect();
        writeln!(
            svg,
            "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"{}\" points=\"{}\"/>",
            colour(at),
            points.join(" ")
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

fn colour(at: usize) -> &'static str {
    COLOURS[at % COLOURS.len()]
}

/// A line of the grid.
fn line([x1, y1, x2, y2]: [f64; 4]) -> String {
    format!("<line x1=\"{x1:.0}\" y1=\"{y1:.0}\" x2=\"{x2:.0}\" y2=\"{y2:.0}\" stroke=\"#ddd\"/>\n")
}

fn told(power: f64) -> String {
    format!("{}", 10_f64.powf(power))
}

/// So many microseconds.
fn time(power: f64) -> String {
    match power {
        ..3.0 => format!("{} µs", told(power)),
        3.0..6.0 => format!("{} ms", told(power - 3.0)),
        _ => format!("{} s", told(power - 6.0)),
    }
}

/// From one power of ten to another.
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn of(values: &[f64]) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (from, to) = (least.floor(), most.ceil());
        Self {
            from,
            to: to.max(from + 1.0),
        }
    }

    fn part(&self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from)
    }

    fn powers(&self) -> impl Iterator<Item = f64> + use<> {
        let (from, to) = (self.from, self.to);
        std::iter::successors(Some(from), |power| Some(power + 1.0)).take_while(move |it| *it <= to)
    }
}
