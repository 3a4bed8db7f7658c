# SPDX-License-Identifier: Apache-2.0
# typhoon wind

# typhoon

# ground
