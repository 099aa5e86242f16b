"""A room made by following docs/recipes.md: nights that workers stay in villages. No part of the software."""
