# SPDX-License-Identifier: Apache-2.0
"""OGC API by its own words: features.py URL. Rings as RFC 7946 wants them, links of features and pages, parameters of EDR."""
import json, sys, urllib.error, urllib.parse, urllib.request

URL = sys.argv[1]


def ask(address):
    try:
        with urllib.request.urlopen(address if address.startswith('http') else URL + address) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def get(address):
    status, document = ask(address)
    assert status == 200, (address, status, document)
    return document


def link(document, rel):
    return next((one['href'] for one in document['links'] if one['rel'] == rel), None)


def twice_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))


def check_polygons(geometry):
    for outer, *holes in geometry['coordinates']:
        assert outer[0] == outer[-1] and twice_area(outer) > 0, 'an outer ring runs clockwise'
        assert all(twice_area(hole) < 0 for hole in holes), 'a hole runs counter-clockwise'
    return len(geometry['coordinates'])


collections = get('/ogc/collections')['collections']
polygons = 0
for one in [c for c in collections if c['itemType'] == 'feature']:
    page = get(f"/ogc/collections/{one['id']}/items?limit=200")
    assert page['numberReturned'] == len(page['features']) and 'timeStamp' not in page
    for feature in page['features']:
        if feature['geometry'] and feature['geometry']['type'] == 'MultiPolygon':
            polygons += check_polygons(feature['geometry'])
assert polygons > 10, polygons

# A link to the next page keeps the question, plus sign and all; following the links gives each feature once.
datetime = urllib.parse.quote('2014-07-01T00:00:00+08:00/..', safe='')
page, seen = get(f'/ogc/collections/landfalls/items?limit=1&bbox=100,10,130,40&datetime={datetime}'), []
while True:
    seen += [feature['id'] for feature in page['features']]
    if not link(page, 'next'):
        break
    assert '%2B08:00' in link(page, 'next'), link(page, 'next')
    page = get(link(page, 'next'))
assert len(seen) == page['numberMatched'] == len(set(seen)) > 1, seen

alone = get(f'/ogc/collections/landfalls/items/{seen[0]}')
assert alone['type'] == 'Feature' and link(alone, 'self') and get(link(alone, 'collection'))['id'] == 'landfalls'
status, error = ask('/ogc/collections/landfalls/items?bbox=12000000,2000000,12100000,2100000'
                    '&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857')
assert status == 400 and 'bbox-crs' in error['detail'], error

# EDR: the parameters that a collection names are those that are answered, and one can be chosen.
arrival = next(c for c in collections if c['id'] == 'wind_arrival@province')
names = sorted(arrival['parameter_names'])
position = '/ogc/collections/wind_arrival@province/position?coords=POINT(110.35%2020.02)'
assert sorted(get(position)['ranges']) == sorted(get(position)['parameters']) == names and len(names) > 1
chosen = get(f'{position}&parameter-name={names[1]}')
assert list(chosen['ranges']) == list(chosen['parameters']) == [names[1]]
status, error = ask(f'{position}&parameter-name=nothing')
assert status == 400 and 'parameter-name' in error['detail'], error
assert ask(f'{position}&crs=EPSG:3857')[0] == 400
assert arrival['data_queries']['area']['link']['variables']['query_type'] == 'area'
for far in ('1e300 19,2e300 19,2e300 20,1e300 19', '-9e18 19,-8e18 19,-8e18 20,-9e18 19'):
    status, error = ask('/ogc/collections/wind_arrival@province/area?coords=' + urllib.parse.quote(f'POLYGON(({far}))'))
    assert status == 404 and 'does not touch' in error['detail'], error
print(f'{polygons} polygons, {len(seen)} pages, {len(names)} parameters')
