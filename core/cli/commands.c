/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

static const struct sf_cli_command *const commands[] = { &sf_command_run,
                                                         &sf_command_serve,
                                                         &sf_command_check,
                                                         &sf_command_decode,
                                                         &sf_command_feeds,
                                                         &sf_command_replay,
                                                         &sf_command_plugins,
                                                         &sf_command_vocabulary,
                                                         &sf_command_doctor,
                                                         &sf_command_version,
                                                         &sf_command_completion,
                                                         &sf_command_manual,
                                                         NULL };

const struct sf_cli_command *const *
sf_cli_commands (void)
{
  return commands;
}
