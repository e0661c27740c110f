"""Houses as tables list them, how their names are compared, and how sentences bend them.

Who asks for a house asks the gazetteer (``credits/gazetteer.py``), which is made of these.
"""
