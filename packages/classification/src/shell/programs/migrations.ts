/**
 * Frameworks and migration tools, by what they do to a database. Source: the guides of Rails, Laravel, Django, Prisma, Knex,
 * Alembic, Flyway and their like. Pure data.
 */

import { doing, family, reading } from './spec.js';

const list = reading('*', 'text');

/** Frameworks and migration tools. */
export const MIGRATIONS = family('the guides of Rails, Laravel, Django, Prisma, Knex, Alembic, Flyway and their like', {
  'rails rake bin/rails artisan': {
    act: { id: 'build', level: 'moderate', text: 'Runs code of the project.', effects: ['exec'] },
    rules: [
      {
        id: 'db-reset',
        level: 'destructive',
        text: 'Drops or resets a database.',
        operand:
          /^db:(?:drop|reset|schema:load|truncate_all|purge|migrate:reset|seed:replant|wipe|setup)|^migrate:(?:fresh|reset|refresh|rollback)/,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  },
  'manage.py console': {
    act: { id: 'build', level: 'moderate', text: 'Runs code of the project.', effects: ['exec'] },
    rules: [
      {
        id: 'db-reset',
        level: 'destructive',
        text: 'Empties, drops or rolls back a database.',
        operand:
          /^(?:flush|reset_db|sqlflush|zero|drop\w*|clear_cache_all|delete_\w+|doctrine:(?:database|schema):drop)$/,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  },
  prisma: {
    subcommands: {
      migrate: {
        subcommands: {
          reset: doing('destructive', 'db-reset', 'Drops and makes the database again.', {
            effects: ['data.delete', 'db.write'],
            reversible: false,
          }),
          'status diff': list,
        },
      },
      db: {
        act: { id: 'db-push', level: 'moderate', text: 'Changes the database.', effects: ['db.write'] },
        rules: [
          {
            id: 'db-reset',
            level: 'destructive',
            text: 'Drops data of the database.',
            flags: '--force-reset --accept-data-loss',
            effects: ['data.delete', 'db.write'],
            reversible: false,
          },
        ],
      },
      'validate format version': list,
    },
  },
  'dotnet-ef': {
    act: { id: 'build', level: 'moderate', text: 'Runs code of the project.', effects: ['exec'] },
    rules: [
      {
        id: 'db-reset',
        level: 'destructive',
        text: 'Drops the database.',
        operand: /^drop$/,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  },
  'knex sequelize typeorm alembic flyway liquibase dbmate goose migrate drizzle-kit': {
    act: { id: 'db-migrate', level: 'moderate', text: 'Changes the database.', effects: ['db.write'] },
    rules: [
      {
        id: 'db-reset',
        level: 'destructive',
        text: 'Drops or rolls back tables.',
        operand:
          /^(?:drop|clean|down|reset|rollback|downgrade|db:drop|schema:drop|drop-all|dropAll|db:migrate:undo:all|migrate:rollback|undo|rollback-count)$/i,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  },
});
