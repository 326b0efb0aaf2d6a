"""The verbs that openstacksdk shares with this cloud. Argument: the name of the entry of clouds.yaml.

Prints one line per area; anything that is not as it should be ends it with a traceback.
"""
import io
import sys
import uuid

import openstack
from openstack import exceptions

NAME = 'sdk-' + uuid.uuid4().hex[:8]

cloud = openstack.connect(cloud=sys.argv[1])


def gone(call, *arguments):
    try:
        call(*arguments)
    except exceptions.NotFoundException:
        return True
    return False


def identity():
    assert cloud.authorize()
    project = cloud.identity.get_project(cloud.current_project_id)
    assert project.name == 'admin', project
    assert 'admin' in [user.name for user in cloud.identity.users()]
    region = cloud.identity.create_region(id=NAME, description='made by the sdk')
    service = cloud.identity.create_service(type=NAME, name=NAME)
    endpoint = cloud.identity.create_endpoint(
        service_id=service.id, interface='public', url='http://127.0.0.1:1', region_id=region.id)
    assert endpoint.id in [each.id for each in cloud.identity.endpoints()]
    cloud.identity.delete_endpoint(endpoint.id)
    cloud.identity.delete_service(service.id)
    cloud.identity.delete_region(region.id)
    user = cloud.current_user_id
    credential = cloud.identity.create_application_credential(user, NAME)
    other = openstack.connect(
        load_yaml_config=False, load_envvars=False, auth_type='v3applicationcredential',
        auth=dict(auth_url=cloud.config.auth['auth_url'], application_credential_id=credential.id,
                  application_credential_secret=credential.secret),
        cacert=cloud.config.config.get('cacert'), region_name=cloud.config.region_name)
    assert other.current_project_id == cloud.current_project_id
    cloud.identity.delete_application_credential(user, credential.id)


def compute():
    assert 'm1.tiny' in [flavor.name for flavor in cloud.compute.flavors()]
    assert cloud.compute.get_limits().absolute.instances > 0
    keypair = cloud.compute.create_keypair(name=NAME, public_key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnsXm5d4yZ2hHq'
                                           'S1ydCTSG5A8Mb0mJx2Jw0WbVb0c9n sdk')
    assert cloud.compute.find_keypair(NAME).fingerprint == keypair.fingerprint
    cloud.compute.delete_keypair(keypair)
    group = cloud.compute.create_server_group(name=NAME, policy='anti-affinity')
    assert group.id in [each.id for each in cloud.compute.server_groups()]
    cloud.compute.delete_server_group(group)
    assert list(cloud.compute.services()) and list(cloud.compute.hypervisors())
    assert list(cloud.compute.availability_zones())
    for _ in cloud.compute.servers(details=True, all_projects=True):
        break


def images():
    data = b'x' * 70000
    image = cloud.image.create_image(
        name=NAME, data=io.BytesIO(data), disk_format='raw', container_format='bare', validate_checksum=False)
    image = cloud.image.get_image(image.id)
    assert (image.status, image.size) == ('active', len(data)), image
    assert cloud.image.download_image(image.id, stream=False).content == data
    cloud.image.update_image(image.id, os_distro='debian')
    assert cloud.image.find_image(NAME).os_distro == 'debian'
    cloud.image.add_tag(image.id, 'gold')
    assert [each.id for each in cloud.image.images(tag='gold', name=NAME)] == [image.id]
    cloud.image.delete_image(image.id)
    assert gone(cloud.image.get_image, image.id)


def volumes():
    storage = cloud.block_storage
    volume = storage.wait_for_status(storage.create_volume(name=NAME, size=1), 'available', wait=60)
    storage.extend_volume(volume, 2)
    volume = storage.wait_for_status(storage.get_volume(volume.id), 'available', wait=60)
    assert volume.size == 2, volume
    snapshot = storage.wait_for_status(
        storage.create_snapshot(name=NAME, volume_id=volume.id), 'available', wait=60)
    assert snapshot.id in [each.id for each in storage.snapshots()]
    copy = storage.wait_for_status(storage.create_volume(name=NAME, snapshot_id=snapshot.id), 'available', wait=60)
    backup = storage.wait_for_status(storage.create_backup(volume_id=volume.id, name=NAME), 'available', wait=120)
    storage.delete_backup(backup)
    storage.wait_for_delete(backup, wait=60)
    storage.delete_volume(copy)
    storage.delete_snapshot(snapshot)
    storage.wait_for_delete(snapshot, wait=60)
    storage.delete_volume(volume)
    storage.wait_for_delete(volume, wait=60)
    assert [each.name for each in storage.types()] is not None
    assert storage.get_limits().absolute.max_total_volumes > 0


for area in (identity, compute, images, volumes):
    area()
    print(area.__name__, 'ok')
