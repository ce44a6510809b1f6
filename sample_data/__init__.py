"""Fenmarsh County Council: an invented council's exports, with planted faults and the key to them.

Everything here is synthetic. No person, family, vendor or card in it exists, and neither does the council.
"""
