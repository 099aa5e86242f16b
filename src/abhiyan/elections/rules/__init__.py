"""The rules of elections: plain values, or arrays of numbers, in and out."""
