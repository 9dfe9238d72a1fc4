use std::fmt;

/// What was measured for several sizes.
pub(crate) struct Table {
    pub(crate) title: &'static str,
    /// What grows.
    pub(crate) size: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) sizes: Vec<usize>,
    /// Of each size, column by column, in microseconds; `None`: not measured.
    pub(crate) times: Vec<Vec<Option<f64>>>,
}

/// What is measured of each size.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// On another day, by somebody else: at these sizes.
    pub(crate) told: &'static [(usize, f64)],
}

impl Column {
    /// One that is measured in this run.
    pub(crate) fn measured(name: &'static str) -> Self {
        Self { name, told: &[] }
    }
}

impl Table {
    pub(crate) fn new(title: &'static str, size: &'static str, columns: Vec<Column>) -> Self {
        Self {
            title,
            size,
            columns,
            sizes: Vec::new(),
            times: Vec::new(),
        }
    }

    /// Adds a size with what was measured in this run; what was told before is filled in.
    pub(crate) fn row(&mut self, size: usize, measured: &[Option<f64>]) {
        let mut measured = measured.iter().copied();
        let times = self.columns.iter().map(|column| match column.told {
            [] => measured.next().flatten(),
            told => told
                .iter()
                .find(|(at, _)| *at == size)
                .map(|(_, time)| *time),
        });
        let times = times.collect();
        self.sizes.push(size);
        self.times.push(times);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        writeln!(f, "## {} (µs)\n", self.title)?;
        writeln!(f, "| {} | {} |", self.size, names.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(names.len() + 1))?;
        for (size, times) in self.sizes.iter().zip(&self.times) {
            write!(f, "| {size} |")?;
            for time in times {
                match time {
                    Some(time) if *time < 100.0 => write!(f, " {time:.1} |")?,
                    Some(time) => write!(f, " {time:.0} |")?,
                    None => write!(f, " |")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
