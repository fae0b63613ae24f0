"""Read images in the layouts that people bring: each file here knows one layout, `recognise.py` chooses among them."""
