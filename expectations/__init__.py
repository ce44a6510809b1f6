"""The Great Expectations suites: is this a delivery we can trust, and do the figures prove themselves?"""
