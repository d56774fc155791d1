"""Pages, feeds and files from the web, fetched with manners: `client.Fetcher`, by `manners.Manners`.

Imports nothing by itself: a job that reads files only needs no HTTP library.
"""
