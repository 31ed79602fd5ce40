"""Shops with other people's packages in them, each a project that takes the app in.

Each folder is one shop: its settings, models and Catalogue, and the tests that run in it.
`test_shops` runs each as a pytest of its own, since a process has one PRODUCT_MODEL. One alone:

    shop=tests/fits/galleries
    python -m pytest --ds=tests.fits.galleries.settings --confcutdir=tests/fits $shop
"""
