//! A short form of the kill loop; `npm run faults` runs the long one.

#[test]
fn a_few_rounds_of_kills_lose_and_double_nothing() {
    let report = conductor_tests::kill::run(6, 20_261_128, 2, |_| ());
    assert!(report.violations.is_empty(), "{}\n{:#?}", report.table(), report.violations);
    assert!(report.acknowledged > 0, "nothing was proven: {}", report.table());
}
