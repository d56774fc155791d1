"""Charts of the saved views: `chart` says what is drawn (data/charts.toml), `points` gathers it with the
sentences behind, `draw` makes the picture in Vega-Lite, `page` writes it as SVG, PNG, HTML or JSON.
"""
