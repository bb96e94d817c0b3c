"""The electronic index of an expediente (Acuerdo AGN 001 de 2024): its XML, its schema, its signed cover, its stamp.

Nothing here decides who may: services issue and verify, selectors say what one reader may know.
"""
