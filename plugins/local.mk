# SPDX-License-Identifier: Apache-2.0
# One stanza a module: sources, LDFLAGS, LIBADD; the module's name is the plugin's name.

# transport

# decode

# export

# command
