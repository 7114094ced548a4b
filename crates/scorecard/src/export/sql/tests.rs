use proptest::prelude::*;
use sqlparser::ast::{Expr, SelectItem, SetExpr, Statement, UnaryOperator, Value};
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect as Grammar, DuckDbDialect, PostgreSqlDialect, SQLiteDialect,
    SnowflakeDialect,
};
use sqlparser::parser::Parser;

use super::*;
use crate::config::arbitrary::any_config;
use crate::export::tests::example;
use crate::export::{ExportOptions, Target, export};

fn grammar(dialect: Dialect) -> Box<dyn Grammar> {
    match dialect {
        Dialect::BigQuery => Box::new(BigQueryDialect {}),
        Dialect::DuckDb => Box::new(DuckDbDialect {}),
        Dialect::PostgreSql => Box::new(PostgreSqlDialect {}),
        Dialect::Snowflake => Box::new(SnowflakeDialect {}),
        Dialect::Spark => Box::new(DatabricksDialect {}),
        Dialect::Sqlite => Box::new(SQLiteDialect {}),
    }
}

/// The one expression that a text selects, by sqlparser.
fn selected(dialect: Dialect, expression: &str) -> Expr {
    let sql = format!("SELECT {expression}");
    let parsed =
        Parser::parse_sql(&*grammar(dialect), &sql).unwrap_or_else(|error| panic!("{dialect}: {error}: {sql}"));
    let [Statement::Query(query)] = &parsed[..] else { panic!("{sql} is one query") };
    let SetExpr::Select(select) = &*query.body else { panic!("{sql} is a select") };
    let [SelectItem::UnnamedExpr(found)] = &select.projection[..] else { panic!("{sql} selects one expression") };
    found.clone()
}

fn check_literal(dialect: Dialect, text: &str) {
    let Expr::Value(value) = selected(dialect, &quote::text(dialect, text)) else { panic!("{text} is a literal") };
    let (Value::SingleQuotedString(found) | Value::EscapedStringLiteral(found)) = value.value else {
        panic!("{text} is a text")
    };
    // sqlparser does not know this escape of Spark's, which stands for a dollar.
    let found = if dialect == Dialect::Spark { found.replace("u0024", "$") } else { found };
    assert_eq!(found, text, "{dialect}");
}

fn statement(config: &ScoringConfig, sql: SqlOptions) -> String {
    let export = export(config, Target::Sql, &ExportOptions { sql, ..ExportOptions::default() }).expect("an export");
    String::from_utf8(export.files[0].bytes.clone()).expect("a text")
}

proptest! {
    #[test]
    fn a_literal_is_its_text(text in "[^\0]{0,12}|[a'\"\\\\\n\r\t`$%{}/*;-]{0,12}") {
        for (_, dialect) in Dialect::ALL {
            // What sqlparser makes of u0024 is told apart from the letters u0024 by hand alone.
            if dialect != Dialect::Spark || !text.contains("u0024") {
                check_literal(dialect, &text);
            }
        }
    }

    #[test]
    fn a_name_is_one_identifier(name in "[^\0.]{1,12}|[a'\"\\\\\n`$%{}/*;-]{1,12}") {
        for (_, dialect) in Dialect::ALL {
            // Backslashes are escapes in BigQuery's names, which have none.
            if dialect == Dialect::BigQuery && name.contains(['\\', '`']) {
                continue;
            }
            let found = match selected(dialect, &format!("l.{}", quote::column(dialect, &name))) {
                Expr::CompoundIdentifier(parts) => parts[1].value.clone(),
                other => panic!("{dialect}: {other}"),
            };
            prop_assert_eq!(found, quote::cased(dialect, &name), "{}", dialect);
        }
    }

    #[test]
    fn a_number_is_itself_to_the_bit(x in prop_oneof![any::<f64>().prop_filter("finite", |x| x.is_finite()), -100.0..100.0]) {
        for (_, dialect) in Dialect::ALL {
            prop_assert_eq!(read(&selected(dialect, &quote::number(dialect, x))).to_bits(), (x + 0.0).to_bits(), "{}", dialect);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_config_is_a_statement(config in any_config()) {
        for (_, dialect) in Dialect::ALL {
            let sql = statement(&config, SqlOptions { dialect, ..SqlOptions::default() });
            // sqlparser knows this word of SQLite's in PostgreSQL alone.
            let known = if dialect == Dialect::Sqlite { sql.replace("AS MATERIALIZED (", "AS (") } else { sql.clone() };
            let parsed = Parser::parse_sql(&*grammar(dialect), &known);
            prop_assert_eq!(parsed.map(|statements| statements.len()), Ok(1), "{}: {}", dialect, sql);
        }
    }
}

/// A number as its engine computes it from the literal.
fn read(expression: &Expr) -> f64 {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) | Value::SingleQuotedString(digits) => digits.parse().expect("a number"),
            other => panic!("{other} is no number"),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => -read(expr),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => read(expr),
        Expr::BinaryOp { left, right, .. } => read(left) / read(right),
        other => panic!("{other} is no number"),
    }
}

#[test]
fn what_no_dialect_can_write_is_refused() {
    let with_field = |field: &str| {
        let mut config = example();
        config.models[0].attributes[0].input.field = field.to_owned();
        config
    };
    let refusal = |config: &ScoringConfig, dialect| sql(config, &SqlOptions { dialect, ..SqlOptions::default() });
    for (field, dialect, told) in [
        (
            "a\0b",
            Dialect::DuckDb,
            "a text of the config (/models/0/attributes/0/input/field) \"a\0b\" cannot be written",
        ),
        ("AGE", Dialect::DuckDb, "to duckdb it is the same column as"),
        ("AGE", Dialect::Snowflake, "to snowflake it is the same column as"),
        ("a`b", Dialect::BigQuery, "names of columns have no ` in bigquery"),
        ("${spark.app.name}", Dialect::Spark, "spark puts a setting in its place"),
    ] {
        let error = refusal(&with_field(field), dialect).expect_err("a refusal").to_string();
        assert!(error.contains(told), "{error}");
    }
    assert!(refusal(&with_field("AGE"), Dialect::PostgreSql).is_ok());
    let long = "é".repeat(32);
    let error = refusal(&with_field(&long), Dialect::PostgreSql).expect_err("a refusal").to_string();
    assert_eq!(error, format!("the field \"{long}\" cannot be written: names have at most 63 bytes in postgresql"));
}

#[test]
fn the_moment_is_given_or_the_newest_event() {
    let as_of = Some("2024-05-15T12:00:00Z".parse().expect("a time"));
    let given = statement(&example(), SqlOptions { as_of, ..SqlOptions::default() });
    assert!(given.contains("SELECT CAST(1715774400000000 AS BIGINT) AS as_of_us"), "{given}");
    let newest = statement(&example(), SqlOptions::default());
    assert!(newest.contains("SELECT MAX(at_us) AS as_of_us FROM leadcal_log"), "{newest}");
    assert!(!newest.contains("CURRENT"), "{newest}");
}

#[test]
fn tables_and_columns_are_called_as_the_caller_says() {
    let options = SqlOptions {
        dialect: Dialect::Snowflake,
        leads_table: "crm.Lead".to_owned(),
        events_table: "web.events".to_owned(),
        event_name: "Event Name".to_owned(),
        ..SqlOptions::default()
    };
    let sql = statement(&example(), options);
    for part in ["FROM \"CRM\".\"Lead\" AS l", "FROM \"WEB\".\"EVENTS\" AS e", "e.\"Event Name\"", "l.\"POUTCOME\""] {
        assert!(sql.contains(part), "{part}\nin\n{sql}");
    }
}
