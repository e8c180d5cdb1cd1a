create table if not exists handinger_runs (
	task_name varchar(100) not null,
	task_instance varchar(100) not null,
	task_data longblob,
	execution_time datetime(6) not null,
	picked boolean not null,
	picked_by varchar(50),
	last_success datetime(6) null,
	last_failure datetime(6) null,
	consecutive_failures int,
	last_heartbeat datetime(6) null,
	version bigint not null,
	task_id varchar(255),
	primary key (task_name, task_instance),
	index handinger_runs_execution_time (execution_time),
	index handinger_runs_last_heartbeat (last_heartbeat),
	index handinger_runs_task_id (task_id)
) default character set utf8mb4 collate utf8mb4_bin;
