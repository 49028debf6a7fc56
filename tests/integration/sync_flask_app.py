"""A sync Flask application as many are: login, forms and a database, by the usual extensions.

It knows nothing of the bridge. docs/moving-a-sync-flask-app.md moves it.
"""

from pathlib import Path

from flask import Flask, abort, flash, redirect, render_template_string, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

db = SQLAlchemy()
login_manager = LoginManager()
login_manager.login_view = "login"
csrf = CSRFProtect()

FORM = """
{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}
<form method="post">{{ form.hidden_tag() }}
{% for field in form if field.name != "csrf_token" %}{{ field }}{% endfor %}
<input type="submit"></form>
<ul>{% for note in notes %}<li>{{ note.text }}</li>{% endfor %}</ul>
"""


class User(UserMixin, db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Note(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(unique=True)


class LoginForm(FlaskForm):
    name = StringField(validators=[DataRequired()])
    password = PasswordField(validators=[DataRequired()])


class NoteForm(FlaskForm):
    text = StringField(validators=[DataRequired()])


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    return db.session.get(User, int(user_id))


def login() -> ResponseReturnValue:
    form = LoginForm()
    if form.validate_on_submit():
        user = db.session.scalar(db.select(User).filter_by(name=form.name.data))
        if user is None or not check_password_hash(user.password_hash, form.password.data):
            abort(401)
        login_user(user)
        return redirect(url_for("notes"))
    return render_template_string(FORM, form=form)


@login_required
def notes() -> ResponseReturnValue:
    form = NoteForm()
    if form.validate_on_submit():
        db.session.add(Note(user_id=current_user.id, text=form.text.data))
        db.session.commit()
        flash(f"Noted by {current_user.name}.")
        return redirect(url_for("notes"))
    mine = db.session.scalars(db.select(Note).filter_by(user_id=current_user.id))
    return render_template_string(FORM, form=form, notes=mine)


def create_app() -> Flask:
    app = Flask(__name__, instance_path=str(Path.cwd()))
    app.config.update(SECRET_KEY="dev", SQLALCHEMY_DATABASE_URI="sqlite:///notes.sqlite3")
    db.init_app(app)
    login_manager.init_app(app)
    csrf.init_app(app)
    app.add_url_rule("/login", view_func=login, methods=["GET", "POST"])
    app.add_url_rule("/notes", view_func=notes, methods=["GET", "POST"])
    with app.app_context():
        db.create_all()
        db.session.add(User(name="ann", password_hash=generate_password_hash("secret")))
        db.session.commit()
    return app
