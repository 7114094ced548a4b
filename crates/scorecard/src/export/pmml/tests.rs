use super::*;
use crate::export::tests::example;

fn written(config: &ScoringConfig) -> (String, Vec<String>) {
    let export = pmml(config);
    let text = String::from_utf8(export.files[0].bytes.clone()).expect("a text");
    (text, export.losses.iter().map(ToString::to_string).collect())
}

#[test]
fn a_group_is_a_scorecard_and_the_probability_a_regression() {
    let (text, losses) = written(&example());
    for expected in [
        r#"<Scorecard modelName="fit" functionName="regression" initialScore="0" useReasonCodes="true""#,
        r#"<Attribute partialScore="53" reasonCode="poutcome = success">"#,
        r#"<SimplePredicate field="level: poutcome" operator="equal" value="success"/>"#,
        r#"<Attribute partialScore="-30" reasonCode="inactivity = 60 days">"#,
        r#"<Constant dataType="double">20200101</Constant>"#,
        r#"<MiningField name="behaviour: pricing page" missingValueReplacement="0"/>"#,
        r#"<NumericPredictor name="behaviour: pricing page" coefficient="0.4"/>"#,
        r#"<CategoricalPredictor name="step of inactivity" value="30 days" coefficient="-0.7"/>"#,
        r#"<OutputField name="grade" optype="categorical" dataType="string" feature="transformedValue">"#,
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
    let told = "behaviour \"pricing page\": its events must be weighed beforehand; the sum comes in as \"behaviour: pricing \
                page\" (/models/0/behaviours/0)";
    assert!(losses.iter().any(|loss| loss == told), "{losses:#?}");
}

#[test]
fn models_of_products_have_the_same_results() {
    let mut config = example();
    config.models.push(Model { product: Some("a < b".to_owned()), ..config.models[0].clone() });
    let (text, _) = written(&config);
    assert!(text.contains(r#"<Segmentation multipleModelMethod="selectFirst">"#));
    assert!(text.contains(r#"<SimplePredicate field="product" operator="equal" value="a &lt; b"/>"#));
    assert_eq!(text.matches(r#"<OutputField name="score""#).count(), 2);
    assert_eq!(text.matches(r#"<OutputField name="reason: fit 1""#).count(), 2);
    assert_eq!(text.matches(r#"<DerivedField name="level: age""#).count(), 1);
    assert_eq!(text.matches(r#"<DerivedField name="level: age (2)""#).count(), 1);
}

#[test]
fn texts_that_xml_or_a_reader_cannot_hold_are_told() {
    let mut config = example();
    config.models[0].bands[0].name = "a\u{1}".to_owned();
    config.models[0].bands[1].name = "]]>".to_owned();
    let (text, losses) = written(&config);
    assert!(text.contains("a\u{fffd}</Constant>") && text.contains("]]&gt;</Constant>"));
    for place in ["(/models/0/bands/0/name)", "(/models/0/bands/1/name)"] {
        assert_eq!(losses.iter().filter(|loss| loss.ends_with(place)).count(), 1, "{losses:#?}");
    }
}

#[test]
fn thousands_of_levels_are_no_deeper_than_a_few() {
    let mut config = example();
    let attribute = &mut config.models[0].attributes[0];
    let level = attribute.levels[0].clone();
    let levels = (0..3000).map(|index| crate::config::ScoredLevel {
        name: format!("level {index}"),
        when: When::In(vec![leadcal_lift::attribute::Scalar::Text(format!("value {index}"))]),
        ..level.clone()
    });
    attribute.levels = levels.collect();
    let (text, _) = written(&config);
    let deepest = text.lines().map(|line| line.len() - line.trim_start().len()).max();
    assert!(deepest < Some(2 * 40), "{deepest:?}");
}
