"""The store: the book's one DuckDB file, built aside, audited and published with a rename.

`build` makes the tables and views, `migrate` brings an older book to them, `vet` looks at a reading
before `load` puts it in, `audit` checks what a run stored, `publish` owns the files on disk, `book`
is what a job sees of all these. `vintage` opens a book as of a day, `export` writes Parquet and
`stamp` remembers of which book; `faults` breaks them for tests.
"""
