"""What mails say, from the templates in `templates/mail`."""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

_SUBJECT = "Subject: "


class TemplateMailTexts:
    """The MailTexts of templates: the first line is the subject, and the text stands behind it.

    Each knows `public_url`, where the service is found. A line that a value breaks is refused where
    it would be a header (``domain.mail.entities.Mail``).
    """

    def __init__(self, public_url: str) -> None:
        self._environment = Environment(
            loader=PackageLoader("service", "templates/mail"),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701  # It is plain text.
            keep_trailing_newline=True,
        )
        self._public_url = public_url

    def write(self, kind: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Fill in the template of the kind."""
        template = self._environment.get_template(f"{kind}.txt")
        first, _, text = template.render(values, public_url=self._public_url).partition("\n")
        return first.removeprefix(_SUBJECT), text
