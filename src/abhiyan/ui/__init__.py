"""The look of everything: base templates, components, assets."""
