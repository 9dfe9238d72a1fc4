use portunus::printable::printable;
use portunus_client::Environment;

use super::tilde::tilde;

/// How wide a table is at most where its cells allow it: a terminal of the oldest custom.
const WIDEST: usize = 80;
/// Between two columns.
const GAP: usize = 2;
/// Before what of a row stands on lines of its own.
const INDENT: usize = 3;

/// Columns of text, each as wide as its widest cell. Those in which nothing stands are left out. A
/// row that is too wide goes on below, indented.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    rows: Vec<Vec<Cell>>,
    /// Whose home directory is shown as `~`.
    environment: &'a Environment,
}

/// The lines of a cell.
type Cell = Vec<String>;

impl<'a> Table<'a> {
    pub(crate) fn new<const COLUMNS: usize>(
        headings: [&str; COLUMNS],
        environment: &'a Environment,
    ) -> Self {
        Self {
            rows: vec![headings.map(|text| vec![text.to_owned()]).into()],
            environment,
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.row_of_lists(cells.into_iter().map(|cell| vec![cell]));
    }

    /// A row whose cells list texts, each on a line of its own. Nothing is shown as a dash.
    pub(crate) fn row_of_lists(&mut self, cells: impl IntoIterator<Item = Vec<String>>) {
        // Before they are measured: an escape is longer than what it stands for.
        let shown = |line: &String| printable(&tilde(line, self.environment));
        let cells = cells.into_iter().map(|cell| match cell.concat().as_str() {
            "" => vec!["-".to_owned()],
            _ => cell.iter().map(shown).collect(),
        });
        self.rows.push(cells.collect());
    }

    /// The headings and the rows, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.blocks().into_iter().flatten().collect()
    }

    /// The lines of the headings, then those of each row.
    pub(crate) fn blocks(&self) -> Vec<Vec<String>> {
        let breaks = self.breaks();
        let block = |row: &Vec<Cell>| {
            let parts = breaks.iter().enumerate();
            let parts = parts.map(|(at, columns)| part(row, columns, at > 0));
            parts.flatten().collect()
        };
        self.rows.iter().map(block).collect()
    }

    /// The columns in use, each with its width, by the part of a row they stand in.
    fn breaks(&self) -> Vec<Vec<Column>> {
        let columns = self.rows.first().map_or(0, Vec::len);
        let is_used = |column: &usize| {
            let mut cells = self.rows.iter().skip(1).flat_map(|row| &row[*column]);
            cells.any(|cell| cell != "-")
        };
        let width = |column: usize| {
            let cells = self.rows.iter().flat_map(|row| &row[column]);
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let mut parts: Vec<Vec<Column>> = Vec::new();
        let mut used = 0;
        for at in (0..columns).filter(is_used) {
            let column = Column {
                at,
                width: width(at),
            };
            match parts.last_mut().filter(|_| used + column.width <= WIDEST) {
                Some(part) => {
                    used += column.width + GAP;
                    part.push(column);
                }
                None => {
                    let indent = if parts.is_empty() { 0 } else { INDENT };
                    used = indent + column.width + GAP;
                    parts.push(vec![column]);
                }
            }
        }
        parts
    }
}

#[derive(Debug)]
struct Column {
    at: usize,
    width: usize,
}

/// The lines of some columns of a row, those without text left out.
fn part(row: &[Cell], columns: &[Column], indented: bool) -> Vec<String> {
    let height = columns.iter().map(|column| row[column.at].len()).max();
    let indent = if indented { INDENT } else { 0 };
    let line = |number: usize| {
        let cells = columns.iter().map(|column| {
            let cell = row[column.at].get(number).map_or("", String::as_str);
            format!("{cell:width$}{:GAP$}", "", width = column.width)
        });
        let line = format!("{:indent$}{}", "", cells.collect::<String>());
        line.trim_end().to_owned()
    };
    let lines = (0..height.unwrap_or_default()).map(line);
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_column_in_which_nothing_stands_is_left_out() {
        let environment = Environment::new([]);
        let mut table = Table::new(["HOST", "PROFILE", "USER"], &environment);
        table.row(texts(&["reg.test", "-", "alice"]));
        table.row(texts(&["m.test", "", ""]));
        assert_eq!(
            table.lines(),
            ["HOST      USER", "reg.test  alice", "m.test    -"]
        );
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let environment = Environment::new([]);
        let mut table = Table::new(["HOST", "USER", "WHERE"], &environment);
        let (host, place) = ("h".repeat(40), "p".repeat(60));
        table.row(texts(&[&host, "alice", &place]));
        let lines = table.lines();
        assert_eq!(lines[1], "   WHERE");
        assert_eq!(lines[2], format!("{host}  alice"));
        assert_eq!(lines[3], format!("   {place}"));
        let widths = lines.iter().map(|line| line.chars().count());
        assert!(widths.max() <= Some(WIDEST));
    }

    #[test]
    fn each_text_of_a_list_has_a_line() {
        let environment = Environment::new([]);
        let mut table = Table::new(["KEY", "VALUE"], &environment);
        table.row_of_lists([texts(&["dirs"]), texts(&["/a", "/b"])]);
        assert_eq!(table.lines(), ["KEY   VALUE", "dirs  /a", "      /b"]);
    }
}
