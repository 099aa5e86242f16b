"""The rules of programmes: plain values in, plain values out."""
