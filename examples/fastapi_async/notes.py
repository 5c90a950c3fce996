"""A service that keeps notes; it migrates on its own engine before it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from migrate_cli.commands import aio
from migrate_cli.config import load
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("sqlite+aiosqlite:///notes.db")
Session = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    moved = await aio.upgrade(load(Path(__file__).parent), connection=engine)
    print(f"{len(moved.done)} revisions applied")
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.post("/notes/{text}")
async def add(text: str) -> int:
    async with Session() as session, session.begin():
        session.add(note := Note(text=text))
        await session.flush()
        return note.id


@app.get("/notes")
async def all_notes() -> list[str]:
    async with Session() as session:
        return list(await session.scalars(select(Note.text).order_by(Note.id)))
