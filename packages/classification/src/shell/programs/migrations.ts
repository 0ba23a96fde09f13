/**
 * Frameworks and migration tools, by what they do to a database. Source: the guides of Rails, Laravel, Django, Prisma, Knex,
 * Alembic, Flyway and their like. Pure data.
 */

import { doing, family, reading, tool } from './spec.js';

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
          /^db:(?:drop|reset|rollback|migrate:down|migrate:redo|environment:set|schema:load|truncate_all|purge|migrate:reset|seed:replant|wipe|setup)|^migrate:(?:fresh|reset|refresh|rollback)/,
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
            flags: '--force-reset --accept-data-loss --file --stdin',
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
    lines: {
      reads:
        'info|status|history|current|heads|branches|show|validate|check|version; up --dry-run; migrate:list|migrate:currentVersion|migrate:status; migration:show; db:migrate:status; status-json; db:version|db:status; diff; list|help; upgrade --sql; generate --dry-run; check; list *; status --verbose',
      overwrites:
        'migration:revert|migration:drop|schema:drop|schema:sync|query|cache:clear *; migration:revert|schema:drop|schema:sync; down|reset|redo|rollback|drop|down-to|force; down-to *; repair|baseline|clean|undo; rollback*|drop-*|dropAll*|clear-checksums|changelog-sync*|release-locks|execute-sql|mark-next-changeset-*; migrate:rollback|migrate:down|migrate:unlock|seed:run; downgrade|stamp|edit; db:drop|db:migrate:undo*|db:seed:undo*; push --force; push; * down|drop|force|reset|redo|fix; * * down|reset; push --accept-data-loss',
      changes:
        'generate|revision|init|new|create|migrate|upgrade|update|up|deploy; migrate:latest|migrate:up|migrate:make; migration:run|migration:create|migration:generate; db:migrate|db:create|db:seed; pull|studio|introspect|export; load|wait|dump',
    },
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

  'sequelize-cli mikro-orm node-pg-migrate db-migrate phinx doctrine yoyo refinery diesel sqlx sea-orm-cli tern rambler aerich piccolo umzug':
    tool(
      {
        reads:
          'status|info|list|history|heads|debug; migration|migrate list|status|info|pending; db:migrate:status; migration:list|migration:pending|migration:check; print-schema; . --version; orm:info|orm:validate-schema; migrate info|status; migrations check|list; migrations:status|migrations:list|migrations:current|migrations:latest',
        changes:
          'up|migrate|create|init|db:migrate|db:create|db:seed|apply|upgrade|new|generate; migration run|generate; migrate run|add|up; migration:up|migration:create|schema:update|database:create; setup; database create|setup; prepare; migrations forwards|new; db:seed:all; migrations:migrate; orm:schema-tool:create|update; mark',
        overwrites:
          'down|redo|rollback|reset|revert|reapply|downgrade|break-lock|unmark|undo|drop; migration revert|redo; migrate revert|down|fresh|refresh|reset; migration:down|migration:fresh|schema:drop|schema:fresh|database:import|migration:revert; db:migrate:undo*|db:drop|db:seed:undo*; db:migrate:undo:all; database drop|reset; orm:schema-tool:drop|dbal:run-sql; orm:schema-tool:*; migrations:execute --down; migrations:rollup; migrations backwards; schema drop; db:drop; destroy *; inspectdb; migrations:migrate first|prev|0; seed:run -f; code *; dropall',
        wrecks: 'database drop -y; database drop --force',
      },
      { code: '--command' },
    ),
});
