"""What the shop knows about what it sells."""

from datetime import date

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Day(Base):
    __tablename__ = "day"

    day: Mapped[date] = mapped_column(primary_key=True)
    sold: Mapped[int]
