//! The fields of a profile as command-line arguments: `--name`, `--email`.

use clap::{Arg, ArgGroup, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use crate::{
    domain::{Profile, ProfileField},
    ui::text::fields::label,
};

/// A complete profile: the required fields are required arguments.
#[derive(Debug)]
pub struct NewProfile(pub Profile);

/// Changes to a profile: at least one field.
#[derive(Debug)]
pub struct ProfileChanges(pub Vec<(ProfileField, String)>);

fn arg(field: ProfileField) -> Arg {
    let name = field.as_str();
    Arg::new(name).long(name).help(label(field)).value_name(name.to_uppercase()).value_parser(value_parser!(String))
}

impl Args for NewProfile {
    fn augment_args(command: Command) -> Command {
        command.args(ProfileField::ALL.iter().map(|field| arg(*field).required(field.is_required())))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for NewProfile {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let text = |field: ProfileField| matches.get_one::<String>(field.as_str()).cloned();
        Ok(Self(Profile::from_fn(|field| text(field).unwrap_or_default())))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for ProfileChanges {
    fn augment_args(command: Command) -> Command {
        let group = ArgGroup::new("change").args(ProfileField::NAMES).required(true).multiple(true);
        command.args(ProfileField::ALL.iter().map(|field| arg(*field))).group(group)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ProfileChanges {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |field: &ProfileField| Some((*field, matches.get_one::<String>(field.as_str())?.clone()));
        Ok(Self(ProfileField::ALL.iter().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
