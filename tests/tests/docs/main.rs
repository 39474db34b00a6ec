//! The documents, held against the program: what they name exists, what they show works.

mod api;
mod bus_reader;
mod fields;
mod grammar;
mod links;
mod names;
mod pages;
mod shown;
