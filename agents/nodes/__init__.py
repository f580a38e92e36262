"""The nodes of the explanation graph: file, function and trace carry the same name."""
