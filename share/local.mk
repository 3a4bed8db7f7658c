# SPDX-License-Identifier: Apache-2.0
nobase_dist_pkgdata_DATA = \
  %D%/vocabulary/quantities.yaml %D%/vocabulary/datasets.yaml
