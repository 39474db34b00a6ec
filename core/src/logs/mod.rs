//! Agent output: tailing, ANSI sanitising, masking of tokens.
