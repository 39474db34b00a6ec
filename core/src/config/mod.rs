//! Configuration: layers, schema, trust, tokens, errors with file:line:column.
