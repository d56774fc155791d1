"""A coherent monthly series: what all claims of the book together say of each month.

Data goes one way: `claims` (rows of the view series_fact) become a time `axis` and linear `rows`, `blame`
leaves out the least trusted of claims that cannot all be true, `solve` finds bounds and an estimate
with the solver behind `highs`, and `keep` has them in the book.
"""
