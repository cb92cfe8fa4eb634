"""Importers: assignment folders made from exercises that live in other forms."""
