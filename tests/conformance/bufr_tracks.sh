#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# bufr_tracks.sh FOLDER: make the simulated samples of the BUFR decoder there, from invented numbers, by bufr_filter of
# libeccodes-tools and its empty message BUFR4. Run by hand when a sample is to change; tests read what is in samples/.
set -eu
folder=$1
empty=/usr/share/eccodes/samples/BUFR4.tmpl
head='
set edition=4; set bufrHeaderCentre=98; set bufrHeaderSubCentre=0; set dataCategory=7; set internationalDataSubCategory=0;
set dataSubCategory=255; set masterTablesVersionNumber=35; set localTablesVersionNumber=0; set typicalYear=2031;
set typicalMonth=8; set typicalDay=1; set typicalHour=12; set typicalMinute=0; set typicalSecond=0; set observedData=0;'

# ring RANK A B C D E F: thresholds and quadrants of a step (the rank-th), radii of the members of NE at 18 m/s; the other
# quadrants and thresholds are the same less 10 km a quadrant and 60 km a threshold.
ring() {
  local rank=$1 threshold quadrant text value n
  shift
  for threshold in 0 1 2; do
    echo "set #$((rank * 3 + threshold + 1))#windSpeedThreshold=$((18 + 8 * threshold - threshold / 2));"
    for quadrant in 0 1 2 3; do
      n=$((rank * 12 + threshold * 4 + quadrant + 1))
      echo "set #$((2 * n - 1))#bearingOrAzimuth=$((90 * quadrant));"
      echo "set #$((2 * n))#bearingOrAzimuth=$(((90 * quadrant + 90) % 360));"
      text=
      for value; do
        if [ "$value" = - ]; then
          text+=",-1e100"
        else
          value=$((value - 10 * quadrant - 60 * threshold))
          text+=",$((value > 0 ? value * 1000 : 0))"
        fi
      done
      echo "set #$n#effectiveRadiusWithRespectToWindSpeedsAboveThreshold={${text:1}};"
    done
  done
}

# Five members of a storm with radii: two perturbed (the second ends after 12 h), one without a track, control, deterministic.
{
  echo "$head set numberOfSubsets=5; set compressedData=1; set inputDelayedDescriptorReplicationFactor={2};"
  echo 'set unexpandedDescriptors={316082};
set centre=98; set stormIdentifier="12W"; set longStormName="SIMULATED"; set techniqueForMakingUpInitialPerturbations=2;
set ensembleMemberNumber={1,2,3,51,52}; set ensembleForecastType={2147483647,2147483647,2147483647,1,0};
set year=2031; set month=8; set day=1; set hour=12; set minute=0;
set #1#meteorologicalAttributeSignificance=1; set #1#latitude=17.3; set #1#longitude=114.6;
set #2#meteorologicalAttributeSignificance=4; set #2#latitude={17.2,17.4,-1e100,17.3,17.3};
set #2#longitude={114.5,114.8,-1e100,114.6,114.6}; set #1#pressureReducedToMeanSeaLevel={97500,97400,-1e100,97450,97420};
set #3#meteorologicalAttributeSignificance=3; set #3#latitude={17.5,17.4,-1e100,17.6,17.3};
set #3#longitude={114.5,115.2,-1e100,114.6,114.3}; set #1#windSpeedAt10M={31.2,33.4,-1e100,32.1,32.6};
set #1#timeSignificance=4; set #1#timePeriod=6; set #4#meteorologicalAttributeSignificance=1;
set #4#latitude={17.6,17.9,-1e100,17.7,17.7}; set #4#longitude={113.6,113.9,-1e100,113.7,113.8};
set #2#pressureReducedToMeanSeaLevel={97000,96800,-1e100,96900,96850}; set #5#meteorologicalAttributeSignificance=3;
set #5#latitude={17.9,17.9,-1e100,18.0,17.7}; set #5#longitude={113.6,114.3,-1e100,113.7,113.4};
set #2#windSpeedAt10M={34.5,36.1,-1e100,35.2,35.9};
set #2#timeSignificance=4; set #2#timePeriod={12,2147483647,2147483647,12,12};
set #6#meteorologicalAttributeSignificance={1,2147483647,2147483647,1,1};
set #6#latitude={18.1,-1e100,-1e100,18.2,18.2}; set #6#longitude={112.7,-1e100,-1e100,112.8,112.9};
set #3#pressureReducedToMeanSeaLevel={96500,-1e100,-1e100,96300,96200};
set #7#meteorologicalAttributeSignificance={3,2147483647,2147483647,3,3};
set #7#latitude={18.4,-1e100,-1e100,18.2,18.2}; set #7#longitude={112.7,-1e100,-1e100,112.8,112.5};
set #3#windSpeedAt10M={37.0,-1e100,-1e100,38.4,38.8};'
  ring 0 190 200 - 195 205
  ring 1 210 220 - 215 225
  ring 2 230 - - 235 245
  echo 'set pack=1; write;'
} > "$folder/samples.filter"
bufr_filter -o "$folder/simulated_ensemble.bufr" "$folder/samples.filter" "$empty"

# Two members of a feature that only the forecast has, the parts written out, one after the other, south of the equator and
# over 180 degrees; behind a bulletin's head.
{
  echo "$head set numberOfSubsets=2; set compressedData=0; set inputDelayedDescriptorReplicationFactor={1,2};"
  echo 'set unexpandedDescriptors={1033,1034,1032,1025,1027,1090,1091,1092,301011,301012,8005,5002,6002,8005,5002,6002,10051,
  8005,301023,11012,108000,31001,8021,4024,8005,301023,10051,8005,301023,11012};
set #1#stormIdentifier="71P"; set #2#stormIdentifier="71P"; set #1#longStormName="71P"; set #2#longStormName="71P";
set #1#ensembleMemberNumber=7; set #2#ensembleMemberNumber=8; set #1#year=2031; set #2#year=2031; set #1#month=8;
set #2#month=8; set #1#day=1; set #2#day=1; set #1#hour=12; set #2#hour=12; set #1#minute=0; set #2#minute=0;
set #1#meteorologicalAttributeSignificance=1; set #2#meteorologicalAttributeSignificance=4;
set #3#meteorologicalAttributeSignificance=3; set #1#timeSignificance=4; set #1#timePeriod=48;
set #4#meteorologicalAttributeSignificance=1; set #4#latitude=-13.5; set #4#longitude=179.6;
set #2#pressureReducedToMeanSeaLevel=99810; set #5#meteorologicalAttributeSignificance=3; set #5#latitude=-14.1;
set #5#longitude=179.6; set #2#windSpeedAt10M=18.7;
set #6#meteorologicalAttributeSignificance=1; set #7#meteorologicalAttributeSignificance=4; set #7#latitude=-12.9;
set #7#longitude=178.9; set #3#pressureReducedToMeanSeaLevel=100300; set #8#meteorologicalAttributeSignificance=3;
set #2#timeSignificance=4; set #2#timePeriod=48; set #9#meteorologicalAttributeSignificance=1; set #9#latitude=-13.2;
set #9#longitude=179.4; set #4#pressureReducedToMeanSeaLevel=99900; set #10#meteorologicalAttributeSignificance=3;
set #3#timeSignificance=4; set #3#timePeriod=54; set #11#meteorologicalAttributeSignificance=1; set #11#latitude=-13.9;
set #11#longitude=-179.8; set #5#pressureReducedToMeanSeaLevel=99700; set #12#meteorologicalAttributeSignificance=3;
set #12#latitude=-13.9; set #12#longitude=-179.8; set #5#windSpeedAt10M=19.9;
set pack=1; write;'
} > "$folder/samples.filter"
bufr_filter -o "$folder/body" "$folder/samples.filter" "$empty"
{ printf '\001\r\r\n042\r\r\nJTWX01 XXXX 011200\r\r\n' && cat "$folder/body" && printf '\r\r\n\003'; } \
  > "$folder/simulated_genesis.bufr"

# Edition 3, compressed, the deterministic run of two storms: their texts differ from subset to subset.
{
  echo "${head/edition=4/edition=3}" | sed 's/set typicalSecond=0;//; s/set typicalYear=2031;/set typicalYearOfCentury=31;/; s/set internationalDataSubCategory=0;//'
  echo "set numberOfSubsets=2; set compressedData=1; set inputDelayedDescriptorReplicationFactor={1};"
  echo 'set unexpandedDescriptors={1033,1034,1032,1025,1027,1090,1091,1092,301011,301012,8005,5002,6002,8005,5002,6002,10051,
  8005,301023,11012,108000,31001,8021,4024,8005,301023,10051,8005,301023,11012};
set stormIdentifier={"12W","08E"}; set longStormName={"SIMULATED","OTHER"}; set ensembleMemberNumber=52;
set ensembleForecastType=0; set year=2031; set month=8; set day=1; set hour=12; set minute=0;
set #1#meteorologicalAttributeSignificance=1; set #2#meteorologicalAttributeSignificance=4;
set #2#latitude={17.3,14.1}; set #2#longitude={114.6,-121.4}; set #1#pressureReducedToMeanSeaLevel={97420,99110};
set #3#meteorologicalAttributeSignificance=3; set #1#windSpeedAt10M={32.6,22.2};
set #1#timeSignificance=4; set #1#timePeriod=12; set #4#meteorologicalAttributeSignificance=1;
set #4#latitude={18.2,14.4}; set #4#longitude={112.9,-123.0}; set #2#pressureReducedToMeanSeaLevel={96200,99000};
set #5#meteorologicalAttributeSignificance=3; set #2#windSpeedAt10M={38.8,23.1};
set pack=1; write;'
} > "$folder/samples.filter"
bufr_filter -o "$folder/simulated_storms.bufr" "$folder/samples.filter" "${empty/4/3}"
rm -f "$folder/samples.filter" "$folder/body"
