"""The pure domain: maths and types that every room shares. It does no input or output."""
