"""The systems that are told what scanners did: who is told, and who is no more."""

from __future__ import annotations

from typing import Any

from openworklist.domain.errors import NotFound, SettingsError
from openworklist.domain.subscriber import Subscriber, from_document, to_document
from openworklist.services.configuration import SUBSCRIBER, Configuration
from openworklist.services.configurations import Configurations, no_mapping


def save_subscriber(configurations: Configurations, subscriber: Subscriber, actor: str) -> Configuration:
    """SettingsError if it is wrong, or if we would tell ourselves."""

    def change(configuration: Configuration) -> Any:
        document = to_document(subscriber)
        from_document(subscriber.name, document)
        options = configuration.options
        if subscriber.name == f"{options.sending_application}|{options.sending_facility}":
            raise SettingsError(
                f"{subscriber.name} is the name under which messages are sent here.",
                where=subscriber.name,
                hint="name the system that is to hear of it",
            )
        if subscriber.profile and not configuration.has_profile(subscriber.profile):
            raise no_mapping(subscriber.profile)
        return document

    return configurations.change(SUBSCRIBER, subscriber.name, change, actor)


def delete_subscriber(configurations: Configurations, name: str, actor: str) -> Configuration:
    """Tell a system nothing more; NotFound if it is told of nothing."""

    def change(configuration: Configuration) -> None:
        if name not in {each.name for each in configuration.subscribers}:
            raise NotFound(
                f"{name!r} is not told of anything.",
                where=name,
                hint="openworklist notify list shows who is",
                code="rule.not-found",
            )

    return configurations.change(SUBSCRIBER, name, change, actor)
