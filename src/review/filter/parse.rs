//! The filter's grammar, read by recursive descent.

use std::time::Duration;

use super::{Comparison, Equality, Expression, Field, FilterError, Ordering, Test};
use crate::domain::State;

/// Deeper nesting than people write; bounds the stack.
const MAX_DEPTH: usize = 32;
const FIELDS: &str = "state, thread, section, author, filter, rule, score, age, claimed_by, text";

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Minus,
    Operator(&'static str),
    Word(String),
    Quoted(String),
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
}

pub(super) fn parse(source: &str) -> Result<Option<Expression>, FilterError> {
    let mut parser = Parser { tokens: tokens(source)?, next: 0, end: source.chars().count() + 1, depth: 0 };
    if parser.tokens.is_empty() {
        return Ok(None);
    }
    let root = parser.all()?;
    match parser.peek() {
        None => Ok(Some(root)),
        Some(_) => Err(parser.error("this ')' closes nothing; remove it")),
    }
}

impl Parser {
    fn all(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.any()?];
        loop {
            let joined = self.take_word("AND");
            let goes_on = !matches!(self.peek(), None | Some(Token::Close));
            if !joined && !goes_on {
                break;
            }
            parts.push(self.any()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn any(&mut self) -> Result<Expression, FilterError> {
        let mut parts = vec![self.not()?];
        while self.take_word("OR") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn not(&mut self) -> Result<Expression, FilterError> {
        if self.take_word("NOT") || self.take(&Token::Minus) {
            return Ok(Expression::Not(Box::new(self.primary()?)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expression, FilterError> {
        if !self.take(&Token::Open) {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("parentheses are nested too deep; use at most 32"));
        }
        let inside = self.all()?;
        self.depth -= 1;
        if self.take(&Token::Close) { Ok(inside) } else { Err(self.error("a ')' is missing here")) }
    }

    fn comparison(&mut self) -> Result<Expression, FilterError> {
        let at = self.position();
        let word = match self.take_any() {
            Some(Token::Word(word)) if !["AND", "OR", "NOT"].contains(&word.as_str()) => word,
            Some(Token::Quoted(text)) => return Ok(contains_text(text)),
            _ => return Err(error_at(at, "expected a comparison such as score >= 5 here")),
        };
        let Some(Token::Operator(operator)) = self.peek().cloned() else {
            return Ok(contains_text(word));
        };
        let operator_at = self.position();
        self.next += 1;
        let value_at = self.position();
        let sign = if self.take(&Token::Minus) { "-" } else { "" };
        let value = match self.take_any() {
            Some(Token::Word(value)) => format!("{sign}{value}"),
            Some(Token::Quoted(value)) if sign.is_empty() => value,
            _ => return Err(error_at(value_at, "expected a value here; quote it if it has spaces")),
        };
        test(&word, operator, &value, [at, operator_at, value_at]).map(Expression::Is)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(position, _)| *position)
    }

    fn take_any(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        self.take(&Token::Word(wanted.to_owned()))
    }

    fn error(&self, message: &str) -> FilterError {
        error_at(self.position(), message)
    }
}

fn test(field: &str, operator: &str, value: &str, at: [usize; 3]) -> Result<Test, FilterError> {
    let [field_at, operator_at, value_at] = at;
    match field {
        "state" => {
            let equality = match operator {
                "=" | ":" => Equality::Equal,
                "!=" => Equality::Different,
                _ => return Err(error_at(operator_at, "states are compared with '=' or '!='")),
            };
            let state = State::ALL.into_iter().find(|state| state.name().eq_ignore_ascii_case(value));
            let hint = "a state is pending, escalated, approved, rejected or withdrawn";
            Ok(Test::State(equality, state.ok_or_else(|| error_at(value_at, hint))?))
        }
        "score" => {
            let score = value.parse().ok().filter(|score: &f64| score.is_finite());
            let score = score.ok_or_else(|| error_at(value_at, "score is compared with a number"));
            Ok(Test::Score(ordering(operator, operator_at)?, score?))
        }
        "age" => {
            let age: Result<Duration, _> = humantime::parse_duration(value);
            let age =
                age.map_err(|_| error_at(value_at, "age is compared with a duration such as 10m or 2h"));
            Ok(Test::Age(ordering(operator, operator_at)?, age?))
        }
        _ => {
            let known = text_field(field).ok_or_else(|| {
                error_at(field_at, &format!("{field:?} is not a field; the fields are {FIELDS}"))
            })?;
            Ok(Test::Text(known, comparison(operator, value, operator_at)?, value.to_owned()))
        }
    }
}

fn text_field(name: &str) -> Option<Field> {
    Some(match name {
        "thread" => Field::Thread,
        "section" => Field::Section,
        "author" => Field::Author,
        "filter" => Field::Filter,
        "rule" => Field::Rule,
        "claimed_by" => Field::ClaimedBy,
        "text" => Field::Text,
        _ => return None,
    })
}

fn comparison(operator: &str, value: &str, at: usize) -> Result<Comparison, FilterError> {
    match operator {
        "=" => Ok(Comparison::Equal),
        "!=" => Ok(Comparison::Different),
        ":" if value == "*" => Ok(Comparison::Present),
        ":" => Ok(Comparison::Contains),
        _ => Err(error_at(at, "this field is compared with '=', '!=' or ':' (contains)")),
    }
}

fn ordering(operator: &str, at: usize) -> Result<Ordering, FilterError> {
    Ok(match operator {
        "=" => Ordering::Equal,
        "!=" => Ordering::Different,
        "<" => Ordering::Less,
        "<=" => Ordering::LessOrEqual,
        ">" => Ordering::Greater,
        ">=" => Ordering::GreaterOrEqual,
        _ => return Err(error_at(at, "this field is compared with =, !=, <, <=, > or >=")),
    })
}

fn contains_text(text: String) -> Expression {
    Expression::Is(Test::Text(Field::Text, Comparison::Contains, text))
}

fn error_at(position: usize, message: &str) -> FilterError {
    FilterError { position, message: message.to_owned() }
}

fn tokens(source: &str) -> Result<Vec<(usize, Token)>, FilterError> {
    let characters: Vec<char> = source.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&character) = characters.get(at) {
        let start = at;
        let followed_by_equals = characters.get(at + 1) == Some(&'=');
        at += 1;
        let token = match character {
            _ if character.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '-' => Token::Minus,
            ':' => Token::Operator(":"),
            '=' => Token::Operator("="),
            '!' | '<' | '>' if followed_by_equals => {
                at += 1;
                Token::Operator(match character {
                    '!' => "!=",
                    '<' => "<=",
                    _ => ">=",
                })
            }
            '<' => Token::Operator("<"),
            '>' => Token::Operator(">"),
            '"' => Token::Quoted(quoted(&characters, &mut at, start)?),
            _ => Token::Word(word(&characters, &mut at, start)),
        };
        tokens.push((start + 1, token));
    }
    Ok(tokens)
}

fn quoted(characters: &[char], at: &mut usize, start: usize) -> Result<String, FilterError> {
    let mut text = String::new();
    while let Some(&character) = characters.get(*at) {
        *at += 1;
        match character {
            '"' => return Ok(text),
            '\\' => {
                text.extend(characters.get(*at));
                *at += 1;
            }
            _ => text.push(character),
        }
    }
    Err(error_at(start + 1, "this quote is never closed; add a \" at the end"))
}

fn word(characters: &[char], at: &mut usize, start: usize) -> String {
    let ends = |character: &char| character.is_whitespace() || "()=!<>:\"".contains(*character);
    while characters.get(*at).is_some_and(|character| !ends(character)) {
        *at += 1;
    }
    characters[start..*at].iter().collect()
}
