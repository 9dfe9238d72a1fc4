use portunus::printable::printable;

/// Columns of text, each as wide as its widest cell; the last one is not padded.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            rows: vec![headings.into_iter().map(str::to_owned).collect()],
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        // Before they are measured: an escape is longer than what it stands for.
        let shown = cells.into_iter().map(|cell| printable(&cell));
        self.rows.push(shown.collect());
    }

    /// The headings and the rows, a line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths);
            let padded: String = cells
                .map(|(cell, width)| format!("{cell:width$}  "))
                .collect();
            padded.trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}
