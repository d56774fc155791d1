"""The store: the book's one DuckDB file, built aside, audited and published with a rename.

`build` makes the tables and views, `load` puts extractions in, `audit` checks what a run
stored, `publish` owns the files on disk, `export` writes Parquet.
"""
